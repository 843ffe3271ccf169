package main

import "time"

func init() { register("found1", run_found1) }

func run_found1() {
	ch := make(chan int)
	go func() {
		ch <- 1 // culprit
	}()
	select {
	case <-ch:
	case <-time.After(time.Second):
	}
}
