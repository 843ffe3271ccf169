// Each request derives a context from the server's, and starts a goroutine
// that forwards the end of the server to it.
package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

func main() {
	server, stop := context.WithCancel(context.Background())
	defer stop()
	before := runtime.NumGoroutine()
	for range 100 {
		request(server)
	}
	time.Sleep(100 * time.Millisecond)
	fmt.Println("goroutines left:", runtime.NumGoroutine()-before)
}

func request(server context.Context) {
	ctx, cancel := context.WithCancel(server)
	defer cancel()
	go func() {
		<-server.Done()
		cancel()
	}()
	if ctx.Err() != nil {
		fmt.Println("cancelled")
	}
}
