// A worker wraps its context once more for each job: the look-up of a value
// walks the whole chain.
package main

import (
	"context"
	"fmt"
	"strings"
)

type key struct{}

func main() {
	ctx := context.Background()
	depth := 0
	for job := range 1000 {
		ctx = context.WithValue(ctx, key{}, job)
		depth = work(ctx)
	}
	fmt.Printf("depth=%d\n", depth)
}

// work counts the contexts of the chain by how they print.
func work(ctx context.Context) int {
	return strings.Count(fmt.Sprint(ctx), "WithValue")
}
