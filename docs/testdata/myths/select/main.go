// Command select counts how often a select takes Done beside a closed channel
// that is always ready.
package main

import (
	"context"
	"fmt"
	"log"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	closed := make(chan int)
	close(closed)

	const turns = 100_000
	done := 0
	for range turns {
		select {
		case <-closed:
		case <-ctx.Done():
			done++
		}
	}
	// How long a loop goes on that does leave when it sees Done.
	total, longest := 0, 0
	for range turns {
		spins := 0
	loop:
		for {
			select {
			case <-closed:
				spins++
			case <-ctx.Done():
				break loop
			}
		}
		total += spins
		longest = max(longest, spins)
	}
	fmt.Printf("Done was taken about half of the times: %v; a loop that leaves on Done first took the closed channel once, on average: %v\n",
		near(done, turns/2), near(total, turns))
	if !near(done, turns/2) || !near(total, turns) || longest < 2 {
		log.Fatalf("Done %d of %d, spins %d, at most %d", done, turns, total, longest)
	}
}

// near allows five of a hundred: fifteen standard deviations of the first
// count, eleven of the second.
func near(got, want int) bool { return got > want*95/100 && got < want*105/100 }
