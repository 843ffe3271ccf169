package bad

type counter struct {
	n   int
	get func(int) (int, error)
}

func (c *counter) fail(errs chan<- error, err error) { errs <- err }

func (c *counter) pump(values chan<- int, errs chan<- error) {
	defer close(values)
	for i := range c.n {
		v, err := c.get(i)
		if err != nil {
			c.fail(errs, err)
			return
		}
		values <- v
	}
}

func (c *counter) watch() (<-chan int, <-chan error) {
	values, errs := make(chan int), make(chan error, 1)
	go c.pump(values, errs)
	return values, errs
}

// Where all goes well nothing comes with the close.
func (c *counter) sum() (total int, err error) {
	values, errs := c.watch()
	for {
		select {
		case v := <-values: // want `once values is closed this case is always ready`
			total += v
		case err := <-errs:
			return total, err
		}
	}
}
