package main

import (
	"context"
	"os"
	"os/signal"
	"testing"
	"time"

	"severity/other"
)

func work(context.Context) int { return 1 }

// A test ends soon.
func TestTimeout(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := make(chan int)
	go func() {
		c <- work(ctx) // want `to send to c`
	}()
	select {
	case <-c:
	case <-ctx.Done():
		t.Log("timed out")
	}
}

// For the life of the program.
func onSignals(ctx context.Context, dump func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		for range c { // want `to receive from c`
			dump()
		}
	}()
}

// One signal is enough: it is what tells the program to stop.
func stopOnSignal(ctx context.Context, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		<-c // want `to receive from c`
		stop()
	}()
}

// The same with a select, and a channel that somebody else made.
func onSignalsOrServers(ctx context.Context, c chan os.Signal, dump func()) {
	servers := make(chan int)
	go func() {
		for {
			select { // want `to get a case of its select`
			case <-servers:
			case <-c:
				dump()
			}
		}
	}()
}

func serve(ctx context.Context) {
	c := make(chan os.Signal, 8)
	onSignalsOrServers(ctx, c, func() {})
	signal.Notify(c, os.Interrupt)
}

// Another package's function has the context.
func told(ctx context.Context) {
	go func() {
		other.Wait(ctx) // want `to return from Wait`
	}()
}

// It has none: nobody but this goroutine can listen.
func untold(ctx context.Context) {
	go func() {
		work(ctx)
		other.Sit() // want `to return from Sit`
	}()
}

// The context is the owner's, not the caller's.
type owner struct{ ctx context.Context }

func (o *owner) start() {
	t := time.NewTicker(time.Second)
	go func() {
		for range t.C { // want `doesn't listen to o.ctx`
			work(o.ctx)
		}
	}()
}

func plain(ctx context.Context) {
	go func() {
		for range time.Tick(time.Second) { // want `doesn't listen to ctx`
			work(ctx)
		}
	}()
}

// It ends with the process.
func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		for range time.Tick(time.Second) { // want `doesn't listen to ctx`
			work(ctx)
		}
	}()
	plain(ctx)
	onSignals(ctx, nil)
	new(owner).start()
}
