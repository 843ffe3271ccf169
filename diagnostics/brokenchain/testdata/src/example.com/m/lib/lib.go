package lib

import "context"

var ch = make(chan int)

func Wait(ctx context.Context) int {
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		return 0
	}
}

func Fetch() int { return Wait(context.Background()) }
