package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/nomad/api"
)

// askNode has a node and a running allocation do everything a client may ask of them: at the node's own port, where it has one, and
// through the server, where the client goes by itself when it has none.
func askNode(client *api.Client, alloc *api.Allocation, node *api.Node) {
	served := os.Getenv("STEPPE_AGENT_HTTP_ENABLED") != "false"
	expect((node.HTTPAddr != "") == served, "the node has an address if it serves one: "+node.HTTPAddr)
	if served {
		own, err := client.GetNodeClient(node.ID, nil)
		check("client of the node", err)
		self, err := own.Agent().Self()
		check("agent self", err)
		expect(self.Stats["client"]["node_id"] == node.ID, "it is the node that answers at its address")
		readFiles(own, alloc)
		labels(own, node)
	}
	readFiles(client, alloc)
	labels(client, node)
	run(client, alloc)
	runOnTerminal(client, alloc)
	runMuch(client, alloc)
	operate(client, alloc, node)
}

func readFiles(client *api.Client, alloc *api.Allocation) {
	path := "alloc/logs/main.stdout.0"
	stat, _, err := client.AllocFS().Stat(alloc, path, nil)
	check("stat", err)
	expect(stat.Size > 0, "the log has a size")
	part, err := client.AllocFS().ReadAt(alloc, path, 5, 6, nil)
	check("read at", err)
	text, err := io.ReadAll(part)
	check("read", err)
	expect(string(text) == "1\nline", "a part of the log is that part: "+string(text))
	cat, err := client.AllocFS().Cat(alloc, path, nil)
	check("cat", err)
	text, err = io.ReadAll(cat)
	check("read", err)
	expect(strings.HasPrefix(string(text), "line 1\n"), "the log is read whole")
	cancel := make(chan struct{})
	frames, errs := client.AllocFS().Stream(alloc, path, "start", 0, cancel, nil)
	select {
	case frame := <-frames:
		expect(strings.HasPrefix(string(frame.Data), "line 1\n"), "the log is streamed")
	case err := <-errs:
		check("stream", err)
	case <-time.After(20 * time.Second):
		fail("no frame within 20 s")
	}
	close(cancel)
}

func labels(client *api.Client, node *api.Node) {
	changed, err := client.Nodes().Meta().Apply(
		&api.NodeMetaApplyRequest{NodeID: node.ID, Meta: map[string]*string{"shelf": pointer("s7"), "gone": nil}}, nil)
	check("meta apply", err)
	expect(changed.Meta["shelf"] == "s7" && *changed.Dynamic["shelf"] == "s7", "a label is set")
	read, err := client.Nodes().Meta().Read(node.ID, nil)
	check("meta read", err)
	expect(read.Meta["shelf"] == "s7", "a label stays")
}

func run(client *api.Client, alloc *api.Allocation) {
	var out, errs bytes.Buffer
	code := execute(client, alloc, false, []string{"/bin/sh", "-c", "read line; echo got $line; echo oops >&2; exit 7"},
		strings.NewReader("hello\n"), &out, &errs, nil)
	expect(code == 7, "a command's exit code arrives")
	expect(out.String() == "got hello\n", "its output arrives: "+out.String())
	expect(errs.String() == "oops\n", "its errors arrive: "+errs.String())
}

func runOnTerminal(client *api.Client, alloc *api.Allocation) {
	var out bytes.Buffer
	sizes := make(chan api.TerminalSize, 1)
	sizes <- api.TerminalSize{Height: 33, Width: 99}
	code := execute(client, alloc, true,
		[]string{"/bin/sh", "-c", "i=0; until [ \"$(stty size)\" = '33 99' ] || [ $i -gt 100 ]; do i=$((i + 1)); sleep 0.1; done; stty size; exit 3"},
		strings.NewReader(""), &out, &out, sizes)
	expect(code == 3, "a command's exit code arrives from a terminal")
	expect(strings.Contains(out.String(), "33 99"), "a terminal has its client's size: "+out.String())
}

// runMuch sends more than any buffer on the way holds, and gets it back.
func runMuch(client *api.Client, alloc *api.Allocation) {
	sent := bytes.Repeat([]byte("0123456789abcde\n"), 4<<20/16)
	var out bytes.Buffer
	code := execute(client, alloc, false, []string{"cat"}, bytes.NewReader(sent), &out, io.Discard, nil)
	expect(code == 0, "cat ends well")
	expect(bytes.Equal(sent, out.Bytes()), "what goes in comes out")
}

func execute(client *api.Client, alloc *api.Allocation, tty bool, command []string, in io.Reader, out, errs io.Writer,
	sizes <-chan api.TerminalSize) int {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	code, err := client.Allocations().Exec(ctx, alloc, "main", tty, command, in, out, errs, sizes, nil)
	check("exec", err)
	return code
}

func operate(client *api.Client, alloc *api.Allocation, node *api.Node) {
	check("signal", client.Allocations().Signal(alloc, nil, "main", "SIGCONT"))
	refused("signal", client.Allocations().Signal(alloc, nil, "nope", "SIGCONT"), "not found")
	refused("exec", err(client.Allocations().Exec(context.Background(), alloc, "nope", false, []string{"true"},
		strings.NewReader(""), io.Discard, io.Discard, nil, nil)), "nope")
	check("restart", client.Allocations().Restart(alloc, "main", nil))
	awaitRestart(client, alloc)
	checks, err := client.Allocations().Checks(alloc.ID, nil)
	check("checks", err)
	expect(len(checks) == 0, "a task without services has no checks")
	refused("gc", client.Allocations().GC(alloc, nil), "not eligible for GC")
	check("gc of the node", client.Nodes().GC(node.ID, nil))
	stats, err := client.Nodes().Stats(node.ID, nil)
	check("node stats", err)
	expect(stats.Memory.Total > 0, "the machine has memory")
}

func awaitRestart(client *api.Client, alloc *api.Allocation) {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		now, _, err := client.Allocations().Info(alloc.ID, nil)
		check("allocation", err)
		signaled := false
		for _, event := range now.TaskStates["main"].Events {
			signaled = signaled || event.Type == api.TaskRestartSignal
			if signaled && event.Type == api.TaskStarted {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	fail("the task was not restarted")
}

func err(_ int, err error) error { return err }

func refused(what string, err error, why string) {
	expect(err != nil, what+" is refused")
	expect(strings.Contains(err.Error(), why), what+" is refused for its reason: "+err.Error())
}
