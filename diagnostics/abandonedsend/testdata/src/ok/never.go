package ok

import "golang.org/x/sync/errgroup"

// note tells by a channel, and never fails.
func note(n int, told chan<- int) error {
	if n < 0 {
		return nil
	}
	told <- n
	return nil
}

// The group can't fail, and so nothing leaves before all is read.
func tellAll(numbers []int) (sum int) {
	told := make(chan int)
	read := make(chan bool)
	var g errgroup.Group
	for _, n := range numbers {
		g.Go(func() error { return note(n, told) })
	}
	go func() {
		for n := range told {
			sum += n
		}
		read <- true
	}()
	if err := g.Wait(); err != nil {
		return 0
	}
	close(told)
	<-read
	return sum
}
