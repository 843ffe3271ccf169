// Package out is another package.
package out

// Register keeps the channel.
func Register(ch chan int) { kept = append(kept, ch) }

var kept []chan int
