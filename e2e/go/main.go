// A first job through the official Go client: register, watch with blocking queries, follow its log, read its files, see its events,
// stop it. Exits with 0 when everything was as it should be.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/nomad/api"
)

const id = "go-client"

func main() {
	client, err := api.NewClient(api.DefaultConfig())
	check("client", err)

	leader, err := client.Status().Leader()
	check("leader", err)
	expect(leader != "", "a leader is known")

	events := follow(client)

	registered, _, err := client.Jobs().Register(job(), nil)
	check("register", err)
	expect(registered.EvalID != "", "the registration has an evaluation")

	stub := await(client, "running")
	alloc, _, err := client.Allocations().Info(stub.ID, nil)
	check("allocation", err)
	expect(alloc.TaskStates["main"].State == "running", "the task runs")

	node, _, err := client.Nodes().Info(alloc.NodeID, nil)
	check("node", err)
	expect(node.Status == "ready", "its node is ready")

	readLog(client, alloc)

	files, _, err := client.AllocFS().List(alloc, "/", nil)
	check("ls", err)
	found := false
	for _, file := range files {
		found = found || (file.Name == "alloc" && file.IsDir)
	}
	expect(found, "the allocation has its folder")

	_, err = client.Allocations().Stats(alloc, nil)
	check("stats", err)
	askNode(client, alloc, node)

	_, _, err = client.Jobs().Deregister(id, false, nil)
	check("deregister", err)
	await(client, "complete")

	select {
	case <-events:
	case <-time.After(20 * time.Second):
		fail("the event stream did not show the job's life")
	}
	fmt.Println("ok")
}

func job() *api.Job {
	task := api.NewTask("main", "raw_exec").
		SetConfig("command", "/bin/sh").
		SetConfig("args", []string{"-c", "i=1; while :; do echo line $i; i=$((i + 1)); sleep 0.2; done"}).
		Require(&api.Resources{CPU: pointer(20), MemoryMB: pointer(16)})
	return api.NewServiceJob(id, id, "global", 50).
		AddDatacenter("dc1").
		AddTaskGroup(api.NewTaskGroup("group", 1).AddTask(task))
}

// await blocks on the job's allocations until the newest has that status.
func await(client *api.Client, status string) *api.AllocationListStub {
	deadline := time.Now().Add(30 * time.Second)
	query := &api.QueryOptions{WaitTime: 5 * time.Second}
	for time.Now().Before(deadline) {
		stubs, meta, err := client.Jobs().Allocations(id, true, query)
		check("allocations", err)
		expect(meta.LastIndex >= query.WaitIndex, "the index never goes back")
		query.WaitIndex = meta.LastIndex
		if len(stubs) == 1 && stubs[0].ClientStatus == status {
			return stubs[0]
		}
	}
	fail("no allocation got " + status)
	return nil
}

func readLog(client *api.Client, alloc *api.Allocation) {
	cancel := make(chan struct{})
	frames, errs := client.AllocFS().Logs(alloc, true, "main", "stdout", "start", 0, cancel, nil)
	var text strings.Builder
	for !strings.HasPrefix(text.String(), "line 1\nline 2\nline 3\n") {
		select {
		case frame, open := <-frames:
			expect(open, "a followed log goes on; so far it was: "+text.String())
			text.Write(frame.Data)
		case err := <-errs:
			check("logs", err)
		case <-time.After(20 * time.Second):
			fail("no log within 20 s; so far: " + text.String())
		}
	}
	close(cancel)
}

// follow reads the event stream until the job was registered, placed and stopped, in that order, with indexes that never go back.
func follow(client *api.Client) <-chan struct{} {
	ctx, cancel := context.WithCancel(context.Background())
	topics := map[api.Topic][]string{api.TopicJob: {id}, api.TopicAllocation: {id}, api.TopicEvaluation: {id}}
	stream, err := client.EventStream().Stream(ctx, topics, 0, nil)
	check("event stream", err)
	done := make(chan struct{})
	go func() {
		defer cancel()
		wanted := []string{"JobRegistered", "PlanResult", "AllocationUpdated", "JobDeregistered"}
		var last uint64
		for events := range stream {
			check("events", events.Err)
			if events.IsHeartbeat() {
				continue
			}
			expect(events.Index > last, "the stream's indexes only grow")
			last = events.Index
			for _, event := range events.Events {
				if len(wanted) > 0 && event.Type == wanted[0] {
					wanted = wanted[1:]
				}
			}
			if len(wanted) == 0 {
				close(done)
				return
			}
		}
	}()
	return done
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
