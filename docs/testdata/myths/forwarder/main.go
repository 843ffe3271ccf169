// Command forwarder adds a forwarding goroutine to each level of nested
// contexts, and cancels the children first.
package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"time"
)

const levels = 100

func nest(parent context.Context, forward bool) (cancels []context.CancelFunc) {
	for range levels {
		ctx, cancel := context.WithCancel(parent)
		if forward {
			go func(parent context.Context) {
				<-parent.Done()
				cancel()
			}(parent)
		}
		cancels = append(cancels, cancel)
		parent = ctx
	}
	return cancels
}

// settled returns the number of goroutines once it no longer changes.
func settled() int {
	last := runtime.NumGoroutine()
	for same := 0; same < 20; same++ {
		time.Sleep(5 * time.Millisecond)
		if n := runtime.NumGoroutine(); n != last {
			last, same = n, 0
		}
	}
	return last
}

func main() {
	for _, forward := range []bool{false, true} {
		before := settled()
		root, cancelRoot := context.WithCancel(context.Background())
		cancels := nest(root, forward)
		cancels[len(cancels)-1]() // the innermost, whose parent lives on
		innermost := settled() - before
		for i := len(cancels) - 1; i >= 0; i-- {
			cancels[i]() // the others, from the inside out
		}
		children := settled() - before
		cancelRoot()
		after := settled() - before
		fmt.Printf("forwarders: %-5v goroutines after the innermost cancel: %3d; after all children's: %d; after the root's: %d\n", forward, innermost, children, after)
		want := 0
		if forward {
			want = levels
		}
		if innermost != want || children > 1 || forward && children != 1 || after != 0 {
			log.Fatalf("want %d, then at most 1, then none", want)
		}
	}
}
