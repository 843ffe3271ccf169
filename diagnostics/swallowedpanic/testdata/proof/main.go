// The program tells whether a goroutine hears that another one of its group
// has panicked.
package main

import (
	"context"
	"fmt"
	"log"
	"sync"
	"time"
)

func main() {
	log.SetOutput(new(discard))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				log.Print(r)
			}
		}()
		panic("bug")
	})
	wg.Go(func() {
		select {
		case <-ctx.Done():
			fmt.Println("told")
		case <-time.After(time.Second):
			fmt.Println("waits")
		}
	})
	wg.Wait()
}

type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }
