// Command lostcancel keeps a timer, and all that it holds, for each request
// that takes the short way out, past the call of cancel.
package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

var cached = map[string]string{"answer": "42"}

func lookup(ctx context.Context, key string) string {
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	if value, ok := cached[key]; ok {
		return value
	}
	value := ask(ctx, key)
	cancel()
	return value
}

func ask(ctx context.Context, key string) string {
	if ctx.Err() != nil {
		return ""
	}
	return "the value of " + key
}

func main() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	for range 100_000 {
		lookup(ctx, "answer")
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Printf("100000 requests are done, %d MiB are still in use\n", memory.HeapAlloc>>20)
}
