// Command panic shows which ends of a goroutine run a deferred cancel.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
)

// work has a deferred cancel, and tells when it ran.
func work(end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		cancel()
		fmt.Println("cancelled:", ctx.Err())
	}()
	end()
}

// ends are the ways out of work, and whether the deferred cancel runs.
var ends = []struct {
	name string
	runs bool
	end  func()
}{
	{"return", true, func() {}},
	{"panic, recovered", true, func() { panic("recovered") }},
	{"panic", true, func() { panic("not recovered") }},
	{"runtime.Goexit", true, runtime.Goexit},
	{"os.Exit", false, func() { os.Exit(0) }},
	{"log.Fatal", false, func() { log.Fatal("fatal") }},
	{"crash: a panic of another goroutine", false, func() {
		go func() { panic("elsewhere") }()
		select {}
	}},
	{"crash: a fatal error of the runtime", false, func() { // unlock of an unlocked mutex
		var mu sync.Mutex
		mu.Unlock()
	}},
}

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1])
		return
	}
	for _, e := range ends {
		// Each in a process of its own: some of them end it.
		out, _ := exec.Command(os.Args[0], e.name).CombinedOutput() // its status says nothing here
		ran := strings.Contains(string(out), "cancelled: context canceled")
		fmt.Printf("%-36s deferred cancel ran: %v\n", e.name, ran)
		if ran != e.runs {
			log.Fatalf("want %v; the output was:\n%s", e.runs, out)
		}
	}
}

func child(name string) {
	for _, e := range ends {
		if e.name != name {
			continue
		}
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer wg.Done()
			if strings.HasSuffix(name, "recovered") {
				defer func() { _ = recover() }()
			}
			work(e.end)
		}()
		wg.Wait()
	}
}
