// Command preemption lets a goroutine that never yields be preempted many
// times while it holds a context.
package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"sync/atomic"
	"time"
)

type key struct{}

func main() {
	runtime.GOMAXPROCS(1) // whoever else runs has preempted the loop
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, "value"))
	defer cancel()
	var turns atomic.Int64
	left := make(chan error, 1)
	go func() {
		for ctx.Err() == nil && ctx.Value(key{}) == "value" {
			turns.Add(1)
		}
		left <- ctx.Err()
	}()

	const preemptions = 20
	preempted := 0
	for last := int64(0); preempted < preemptions; {
		time.Sleep(time.Millisecond) // the loop has the only processor until it is preempted
		if n := turns.Load(); n > last {
			last = n
			preempted++
		}
	}
	select {
	case err := <-left:
		log.Fatal("the loop was left before the cancel: ", err)
	default:
	}
	cancel()
	err := <-left
	fmt.Printf("preempted at least %d times, the context stayed as it was; after cancel: %v\n", preempted, err)
	if err != context.Canceled {
		log.Fatal("want ", context.Canceled)
	}
}
