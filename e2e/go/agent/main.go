// The Agent and operator calls of the official Go client: members, self, hosts, logs and profiles of a gateway, another service and an
// agent, workers, the scheduler's configuration, autopilot, raft, metrics, an archive saved and restored. Wants a cluster with profiles
// on, whose jobs are nobody else's: what was changed after the archive was saved is undone. Exits with 0 when everything was as it
// should be.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/hashicorp/nomad/api"
)

func main() {
	client, err := api.NewClient(api.DefaultConfig())
	check("client", err)
	agent := client.Agent()

	members, err := agent.Members()
	check("members", err)
	services := map[string][]string{}
	for _, member := range members.Members {
		if member.Status == "alive" {
			service := member.Tags["service"]
			services[service] = append(services[service], member.Name)
		}
	}
	for _, service := range []string{"api-gateway", "event-service", "node-service", "alloc-service"} {
		expect(len(services[service]) > 0, "a "+service+" is a member")
	}
	self, err := agent.Self()
	check("self", err)
	expect(slices.Contains(services["api-gateway"], self.Member.Name), "self is "+self.Member.Name)
	health, err := agent.Health()
	check("health", err)
	expect(health.Server.Ok, "it is healthy")
	servers, err := agent.Servers()
	check("servers", err)
	expect(len(servers) == 1, "there is a server")
	region, err := agent.Region()
	check("region", err)
	regions, err := client.Regions().List()
	check("regions", err)
	expect(len(regions) == 1 && regions[0] == region, "it is the only region")

	nodes, _, err := client.Nodes().List(nil)
	check("nodes", err)
	node := nodes[0].ID
	for _, target := range [][2]string{{"", ""}, {services["alloc-service"][0], ""}, {"leader", ""}, {"", node}} {
		host, err := agent.Host(target[0], target[1], nil)
		check("host", err)
		expect(host.HostData.OS != "" && host.AgentID != "", "a host tells of itself")
		profile(agent, "goroutine", target)
		monitor(agent, target)
	}
	cpu, err := agent.CPUProfile(api.PprofOptions{Seconds: 1, NodeID: node}, nil)
	check("profile", err)
	// An idle process may have no samples in a second.
	unzipped(cpu, 1)
	trace, err := agent.Trace(api.PprofOptions{Seconds: 1}, nil)
	check("trace", err)
	expect(bytes.HasPrefix(trace, []byte("FLR\x00")), "a trace is a recording")

	operate(client)
	archive(client)
	fmt.Println("ok")
}

func profile(agent *api.Agent, name string, target [2]string) {
	taken, err := agent.Lookup(name, api.PprofOptions{ServerID: target[0], NodeID: target[1]}, nil)
	check(name, err)
	unzipped(taken, 100)
}

func unzipped(profile []byte, atLeast int) {
	in, err := gzip.NewReader(bytes.NewReader(profile))
	check("gzip", err)
	plain, err := io.ReadAll(in)
	check("gzip", err)
	expect(len(plain) >= atLeast, "a profile is not empty")
}

// monitor follows a log until there is a line; that a profile is taken is one.
func monitor(agent *api.Agent, target [2]string) {
	stop := make(chan struct{})
	defer close(stop)
	query := &api.QueryOptions{Params: map[string]string{"log_level": "info", "server_id": target[0], "node_id": target[1]}}
	frames, errs := agent.Monitor(stop, query)
	deadline := time.After(20 * time.Second)
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case frame := <-frames:
			if frame != nil && bytes.Contains(frame.Data, []byte("[INFO]")) {
				return
			}
		case err := <-errs:
			check("monitor", err)
		case <-again.C:
			profile(agent, "threadcreate", target)
		case <-deadline:
			fail("no line of the log of " + target[0] + target[1])
		}
	}
}

func operate(client *api.Client) {
	agent, operator := client.Agent(), client.Operator()
	workers, err := agent.GetSchedulerWorkersInfo(nil)
	check("workers", err)
	expect(len(workers.Schedulers) > 0, "there are workers")
	config, err := agent.GetSchedulerWorkerConfig(nil)
	check("worker config", err)
	before := config.NumSchedulers
	config.NumSchedulers = 3
	_, err = agent.SetSchedulerWorkerConfig(*config, nil)
	check("set worker config", err)
	config, err = agent.GetSchedulerWorkerConfig(nil)
	check("worker config", err)
	expect(config.NumSchedulers == 3, "there are three workers")
	config.NumSchedulers = before
	_, err = agent.SetSchedulerWorkerConfig(*config, nil)
	check("set worker config", err)

	scheduler, _, err := operator.SchedulerGetConfiguration(nil)
	check("scheduler", err)
	wanted := scheduler.SchedulerConfig
	wanted.MemoryOversubscriptionEnabled = true
	set, _, err := operator.SchedulerCASConfiguration(wanted, nil)
	check("scheduler", err)
	expect(set.Updated, "the scheduler is configured")
	set, _, err = operator.SchedulerCASConfiguration(wanted, nil)
	check("scheduler", err)
	expect(!set.Updated, "an old index changes nothing")
	scheduler, _, err = operator.SchedulerGetConfiguration(nil)
	check("scheduler", err)
	expect(scheduler.SchedulerConfig.MemoryOversubscriptionEnabled, "it is kept")
	expect(scheduler.SchedulerConfig.SchedulerAlgorithm == api.SchedulerAlgorithmBinpack, "so is the rest")

	raft, err := operator.RaftGetConfiguration(nil)
	check("raft", err)
	expect(len(raft.Servers) > 4 && raft.Servers[0].Leader, "PostgreSQL decides")
	autopilot, _, err := operator.AutopilotGetConfiguration(nil)
	check("autopilot", err)
	autopilot.MaxTrailingLogs = 300
	_, err = operator.AutopilotSetConfiguration(autopilot, nil)
	check("autopilot", err)
	healthy, _, err := operator.AutopilotServerHealth(nil)
	check("autopilot health", err)
	expect(healthy.Healthy, "it is healthy")
	metrics, _, err := operator.MetricsSummary(nil)
	check("metrics", err)
	expect(len(metrics.Gauges) > 10, "there are gauges")
}

// archive saves the region, changes it, and puts it back.
func archive(client *api.Client) {
	await := func(what string, holds func() bool) {
		for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
			if holds() {
				return
			}
		}
		fail(what)
	}
	running := func(id string) func() bool {
		return func() bool {
			stubs, _, err := client.Jobs().Allocations(id, true, nil)
			if err != nil {
				return false
			}
			for _, stub := range stubs {
				if stub.ClientStatus == "running" {
					return true
				}
			}
			return false
		}
	}
	register := func(id string) {
		_, _, err := client.Jobs().Register(job(id), nil)
		check("register", err)
		await(id+" does not run", running(id))
	}
	register("go-kept")
	saved, err := client.Operator().Snapshot(nil)
	check("snapshot", err)
	bytesOf, err := io.ReadAll(saved)
	check("snapshot", err)

	register("go-later")
	_, _, err = client.Namespaces().List(nil)
	check("namespaces", err)
	_, err = client.Operator().SnapshotRestore(bytes.NewReader(bytesOf[:len(bytesOf)-40]), nil)
	expect(err != nil, "a damaged archive is refused")
	_, _, err = client.Jobs().Info("go-later", nil)
	check("a refused archive changes nothing", err)

	_, err = client.Operator().SnapshotRestore(bytes.NewReader(bytesOf), nil)
	check("restore", err)
	await("go-later is there still", func() bool {
		_, _, err := client.Jobs().Info("go-later", nil)
		return err != nil
	})
	await("go-kept is gone", running("go-kept"))
	register("go-afterwards")
	_, _, err = client.Jobs().Deregister("go-kept", true, nil)
	check("deregister", err)
	_, _, err = client.Jobs().Deregister("go-afterwards", false, nil)
	check("deregister", err)
	check("reconcile summaries", client.System().ReconcileSummaries())
	await("go-afterwards is not collected", func() bool {
		check("gc", client.System().GarbageCollect())
		_, _, err := client.Jobs().Info("go-afterwards", nil)
		return err != nil
	})
}

func job(id string) *api.Job {
	task := api.NewTask("main", "raw_exec").
		SetConfig("command", "/bin/sleep").
		SetConfig("args", []string{"600"}).
		Require(&api.Resources{CPU: pointer(20), MemoryMB: pointer(16)})
	return api.NewServiceJob(id, id, "global", 50).
		AddDatacenter("dc1").
		AddTaskGroup(api.NewTaskGroup("group", 1).AddTask(task))
}

func pointer[T any](value T) *T { return &value }

func check(what string, err error) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func expect(holds bool, what string) {
	if !holds {
		fail("not so: " + what)
	}
}

func fail(why string) {
	fmt.Println(why)
	os.Exit(1)
}
