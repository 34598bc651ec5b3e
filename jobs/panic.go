package jobs

import "fmt"

// panicked is a panic as an error, for the log.
type panicked struct {
	value any
	stack []byte
}

// Error gives the panic's value and where it came from.
func (p panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }
