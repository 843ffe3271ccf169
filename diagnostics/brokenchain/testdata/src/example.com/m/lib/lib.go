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

type labelKey struct{}

func labelOf(ctx context.Context) string {
	label, _ := ctx.Value(labelKey{}).(string)
	return label
}

// Label holds a function that only reads a value.
var Label = labelOf

// Await holds one that waits.
var Await = Wait

// Swapped holds one or the other.
var Swapped = labelOf

func waitForLabel(ctx context.Context) string {
	Wait(ctx)
	return labelOf(ctx)
}

func Swap() { Swapped = waitForLabel }
