package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// ownCosts says what calls of the hub's own functions cost inside a loop: one
// step, and more for what they have to read.
type ownCosts map[string]bool

// CallCost implements cost.ActualCostEstimator; nil leaves it to the library.
func (own ownCosts) CallCost(_, overloadID string, args []ref.Val, _ ref.Val) *uint64 {
	if !own[overloadID] {
		return nil
	}
	n := uint64(1)
	for _, a := range args {
		n += weight(a)
	}
	return &n
}

// weight is the size of a value in steps.
func weight(v ref.Val) uint64 {
	const bytesPerStep = 16
	switch x := v.(type) {
	case types.String:
		return uint64(len(x)) / bytesPerStep
	case List:
		return uint64(len(x))
	case Object:
		return uint64(len(x))
	case traits.Lister:
		return uint64(max(0, sizeOf(x)))
	}
	return 0
}
