// Command collector runs the garbage collector while a goroutine is blocked
// that nobody can ever reach again.
package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"sync/atomic"
	"time"
)

type held struct{ data [1 << 16]byte }

func main() {
	var deferred, collected atomic.Bool
	before := runtime.NumGoroutine()
	release := make(chan struct{})
	blocked := make(chan struct{})
	left := make(chan struct{})
	go func() {
		defer close(left)
		_, cancel := context.WithCancel(context.Background())
		defer func() {
			cancel()
			deferred.Store(true)
		}()
		h := new(held)
		runtime.AddCleanup(h, func(struct{}) { collected.Store(true) }, struct{}{})
		close(blocked)
		<-release
		runtime.KeepAlive(h)
	}()
	<-blocked
	collect()
	fmt.Printf("blocked:  deferred call ran: %v; goroutines more: %d; what it holds was collected: %v\n", deferred.Load(), runtime.NumGoroutine()-before, collected.Load())
	if deferred.Load() || collected.Load() || runtime.NumGoroutine() != before+1 {
		log.Fatal("want a goroutine that waits and keeps what it holds")
	}

	close(release)
	<-left
	collect()
	fmt.Printf("released: deferred call ran: %v; goroutines more: %d; what it held was collected: %v\n", deferred.Load(), runtime.NumGoroutine()-before, collected.Load())
	if !deferred.Load() || !collected.Load() || runtime.NumGoroutine() != before {
		log.Fatal("want a goroutine that is gone with all it held")
	}
}

func collect() {
	for range 5 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond) // cleanups run in a goroutine of the runtime
	}
}
