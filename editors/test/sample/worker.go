package main

import (
	"context"
	"fmt"
	"time"
)

// count has a goroutine that never hears that it must stop.
func count(ctx context.Context) {
	numbers := make(chan int)
	go func() {
		for n := range numbers {
			fmt.Println(greet(ctx, fmt.Sprint(n)))
		}
	}()
	for n := range 3 {
		select {
		case numbers <- n:
		case <-ctx.Done():
			return
		}
	}
}

// greet has a finding behind characters of two UTF-16 units.
func greet(ctx context.Context, name string) error {
	/* 🚀🚀 */ ctx, cancel := context.WithTimeout(ctx, time.Second)
	if name == "" {
		return nil
	}
	<-ctx.Done()
	cancel()
	return ctx.Err()
}
