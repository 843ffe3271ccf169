package bad

// elsewhere stands in another file than its method.
type elsewhere struct{}
