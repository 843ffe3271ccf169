// Command depth cancels the root of 1,000 nested contexts.
package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"time"
)

const levels = 1000

func main() {
	started, done, fastest := 0, 0, time.Hour
	for range 5 { // the fastest: others may have the machine
		before := runtime.NumGoroutine()
		root, cancelRoot := context.WithCancel(context.Background())
		all := []context.Context{root}
		for range levels {
			ctx, cancel := context.WithCancel(all[len(all)-1])
			defer cancel()
			all = append(all, ctx)
		}
		started = max(started, runtime.NumGoroutine()-before)

		start := time.Now()
		cancelRoot()
		fastest = min(fastest, time.Since(start))
		done = 0
		for _, ctx := range all {
			if ctx.Err() != nil {
				done++
			}
		}
		if done != len(all) {
			break
		}
	}
	fmt.Printf("goroutines started: %d; done when cancel returned: %d of %d; took less than 10 ms: %v\n",
		started, done, levels+1, fastest < 10*time.Millisecond)
	if started != 0 || done != levels+1 || fastest >= 10*time.Millisecond {
		log.Fatalf("it took %s", fastest)
	}
}
