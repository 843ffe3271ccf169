package main

import "context"

func use(context.Context) {}

var (
	shared     context.Context
	stopShared context.CancelFunc
)

// What an initialiser makes is there until the process ends.
func init() {
	shared, stopShared = context.WithCancel(context.Background()) // want `stored in the variable stopShared`
	use(shared)
}

var stopMain func()

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	stopMain = cancel // want `stored in the variable stopMain`
	use(ctx)
}
