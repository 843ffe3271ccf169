package main

import "context"

func init() {
	register("one", one)
	register("two", two)
}

func one() {
	ch := make(chan int)
	go func() { ch <- 1 }()
}

func two() {
	_, _ = context.WithCancel(context.Background()) // nobody has called this wrong
}
