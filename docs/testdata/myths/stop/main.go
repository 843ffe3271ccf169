// Command stop cancels four goroutines of which one looks at the context.
package main

import (
	"context"
	"fmt"
	"log"
	"sync/atomic"
	"time"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	var quit atomic.Bool
	nobody := make(chan int)
	tests := []struct {
		name  string
		looks bool
		run   func()
	}{
		{"looks at Done", true, func() { <-ctx.Done() }},
		{"computes", false, func() {
			for !quit.Load() {
			}
		}},
		{"waits for a channel", false, func() { <-nobody }},
		{"sleeps", false, func() { time.Sleep(time.Second) }},
	}
	left := make([]chan struct{}, len(tests))
	for i, t := range tests {
		left[i] = make(chan struct{})
		go func() {
			defer close(left[i])
			t.run()
		}()
	}
	cancel()
	time.Sleep(200 * time.Millisecond)
	for i, t := range tests {
		ended := false
		select {
		case <-left[i]:
			ended = true
		default:
		}
		fmt.Printf("%-20s ended after cancel: %v\n", t.name, ended)
		if ended != t.looks {
			log.Fatalf("want %v", t.looks)
		}
	}
	quit.Store(true)
}
