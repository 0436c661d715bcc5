// The Nodes API through the official Go client: lists with filters and pages, reads, eligibility, a drain that is watched to its end, a
// forced evaluation, node pools, a purge after which the agent comes back. Wants a cluster with two agents or more that nothing else
// uses. Exits with 0 when everything was as it should be.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/nomad/api"
)

const id = "go-nodes"

func main() {
	client, err := api.NewClient(api.DefaultConfig())
	check("client", err)
	nodes := awaitNodes(client, 2)

	lists(client, nodes)
	target := nodes[0]
	node, _, err := client.Nodes().Info(target.ID, nil)
	check("info", err)
	expect(node.ID == target.ID && node.Status == "ready", "the node is read")
	expect(node.NodeResources != nil && node.NodeResources.Memory.MemoryMB > 0, "it has memory")
	expect(node.Drivers["raw_exec"] != nil && node.Drivers["raw_exec"].Healthy, "it has a healthy driver")
	expect(len(node.Events) > 0 && node.Events[0].Message == "Node registered", "its events begin with its registration")

	eligibility(client, target.ID)
	pools(client)
	drain(client, target.ID)
	purge(client, nodes[1].ID)

	_, _, err = client.Jobs().Deregister(id, true, nil)
	check("deregister", err)
	fmt.Println("ok")
}

func awaitNodes(client *api.Client, count int) []*api.NodeListStub {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		nodes, _, err := client.Nodes().List(&api.QueryOptions{Filter: `Status == "ready"`})
		check("list", err)
		if len(nodes) >= count {
			return nodes
		}
		time.Sleep(100 * time.Millisecond)
	}
	fail("no two nodes are ready")
	return nil
}

func lists(client *api.Client, nodes []*api.NodeListStub) {
	seen := map[string]bool{}
	query := &api.QueryOptions{PerPage: 1}
	for {
		page, meta, err := client.Nodes().List(query)
		check("page", err)
		expect(len(page) == 1, "a page of one holds one")
		expect(!seen[page[0].ID], "no node is on two pages")
		seen[page[0].ID] = true
		if meta.NextToken == "" {
			break
		}
		query.NextToken = meta.NextToken
	}
	expect(len(seen) >= len(nodes), "the pages hold all nodes")

	first := nodes[0].ID
	byPrefix, _, err := client.Nodes().PrefixList(first[:8])
	check("prefix", err)
	expect(len(byPrefix) >= 1, "a node is found by the beginning of its id")
	_, _, err = client.Nodes().PrefixList(first[:7])
	expect(err != nil && strings.Contains(err.Error(), "must be even length"), "an odd prefix is an error")

	none, _, err := client.Nodes().List(&api.QueryOptions{Filter: `Attributes["kernel.name"] != "linux"`})
	check("filter", err)
	expect(len(none) == 0, "no node has another kernel")
	_, _, err = client.Nodes().List(&api.QueryOptions{Filter: `Nope == "x"`})
	expect(err != nil && strings.Contains(err.Error(), "error finding value in datum"), "an unknown field is an error")

	withResources, _, err := client.Nodes().List(&api.QueryOptions{Params: map[string]string{"resources": "true", "os": "true"}})
	check("resources", err)
	expect(withResources[0].NodeResources != nil, "resources come when they are asked for")
	expect(withResources[0].Attributes["os.name"] != "", "the system's name comes when it is asked for")
}

func eligibility(client *api.Client, node string) {
	update, err := client.Nodes().ToggleEligibility(node, false, nil)
	check("ineligible", err)
	expect(update.LastIndex > 0, "the change has an index")
	info, _, err := client.Nodes().Info(node, nil)
	check("info", err)
	expect(info.SchedulingEligibility == api.NodeSchedulingIneligible, "the node is ineligible")
	_, err = client.Nodes().ToggleEligibility(node, true, nil)
	check("eligible", err)
	_, _, err = client.Nodes().ForceEvaluate(node, nil)
	check("evaluate", err)
}

func pools(client *api.Client) {
	pool := &api.NodePool{Name: "go-pool", Description: "made by a test", Meta: map[string]string{"made": "here"}}
	_, err := client.NodePools().Register(pool, nil)
	check("register pool", err)
	got, _, err := client.NodePools().Info("go-pool", nil)
	check("pool", err)
	expect(got.Description == pool.Description && got.Meta["made"] == "here", "the pool is read back")
	list, _, err := client.NodePools().List(nil)
	check("pools", err)
	expect(len(list) >= 3, "there are the built-in pools and ours")
	members, _, err := client.NodePools().ListNodes("default", nil)
	check("pool's nodes", err)
	expect(len(members) >= 2, "the nodes are in the default pool")
	_, err = client.NodePools().Delete("default", nil)
	expect(err != nil, "a built-in pool is not deleted")
	_, err = client.NodePools().Delete("go-pool", nil)
	check("delete pool", err)
}

// drain empties a node that runs a job, and follows the client's own monitor to the end.
func drain(client *api.Client, node string) {
	task := api.NewTask("main", "raw_exec").SetConfig("command", "/bin/sleep").SetConfig("args", []string{"600"}).
		Require(&api.Resources{CPU: pointer(20), MemoryMB: pointer(16)})
	group := api.NewTaskGroup("group", 3).AddTask(task)
	group.Migrate = &api.MigrateStrategy{
		MaxParallel: pointer(1), HealthCheck: pointer("task_states"),
		MinHealthyTime: pointer(200 * time.Millisecond), HealthyDeadline: pointer(30 * time.Second),
	}
	_, _, err := client.Jobs().Register(api.NewServiceJob(id, id, "global", 50).AddDatacenter("dc1").AddTaskGroup(group), nil)
	check("register", err)
	awaitRunning(client, 3, "")

	update, err := client.Nodes().UpdateDrainOpts(node, &api.DrainOptions{
		DrainSpec: &api.DrainSpec{Deadline: time.Minute},
		Meta:      map[string]string{"why": "a test"},
	}, nil)
	check("drain", err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	complete := false
	for message := range client.Nodes().MonitorDrain(ctx, node, update.LastIndex, false) {
		expect(message.Level != api.MonitorMsgLevelError, "the monitor says: "+message.Message)
		complete = complete || strings.Contains(message.Message, "drain complete") || strings.Contains(message.Message, "Drain complete")
	}
	expect(complete, "the monitor sees the drain's end")
	awaitRunning(client, 3, node)
	info, _, err := client.Nodes().Info(node, nil)
	check("info", err)
	expect(info.DrainStrategy == nil && info.LastDrain != nil && info.LastDrain.Status == api.DrainStatusComplete, "the drain is over")
	expect(info.LastDrain.Meta["why"] == "a test", "the drain keeps what it was told")
	_, err = client.Nodes().ToggleEligibility(node, true, nil)
	check("eligible", err)
}

// awaitRunning waits until so many allocations run, none of them on the node that is named.
func awaitRunning(client *api.Client, count int, without string) {
	deadline := time.Now().Add(40 * time.Second)
	for time.Now().Before(deadline) {
		stubs, _, err := client.Jobs().Allocations(id, true, nil)
		check("allocations", err)
		running := 0
		for _, stub := range stubs {
			if stub.ClientStatus == "running" && stub.DesiredStatus == "run" && stub.NodeID != without {
				running++
			}
		}
		if running == count {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	fail("the job does not run as often as it should")
}

func purge(client *api.Client, node string) {
	_, _, err := client.Nodes().Purge(node, nil)
	check("purge", err)
	deadline := time.Now().Add(40 * time.Second)
	for time.Now().Before(deadline) {
		info, _, err := client.Nodes().Info(node, nil)
		if err == nil && info.Status == "ready" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	fail("an agent whose node was purged does not come back")
}

func pointer[T any](value T) *T { return &value }

func check(what string, err error) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func expect(truth bool, what string) {
	if !truth {
		fail("not so: " + what)
	}
}

func fail(what string) {
	fmt.Fprintln(os.Stderr, what)
	os.Exit(1)
}
