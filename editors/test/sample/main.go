// Poller asks a service again and again, and is bad at stopping.
package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"
)

var errNoItem = errors.New("no such item")

func fetch(ctx context.Context, id int) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if id < 0 {
		return "", errNoItem
	}
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
		cancel()
		return "", ctx.Err()
	}
	cancel()
	return fmt.Sprint("item ", id), nil
}

func poll(ctx context.Context) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for id := 0; ; id++ {
		select {
		case <-tick.C:
			fmt.Println(fetch(ctx, id))
		case <-ctx.Done():
			fmt.Println("stopping")
		}
	}
}

func retry(ctx context.Context, id int) (item string, err error) {
	for range 3 {
		if item, err = fetch(ctx, id); err == nil {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	return item, err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT)
	defer stop()
	fmt.Println(retry(ctx, 0))
	poll(ctx)
}
