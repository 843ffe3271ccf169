package main

import (
	"context"
	"sync"
)

func init() { register("missed2", run_missed2) }

func run_missed2() {
	var mu sync.Mutex
	_, _ = context.WithCancel(context.Background()) // true, and not the kernel's bug
	mu.Lock()
	mu.Lock() // culprit
}
