package filebooks

import (
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// lockLife is longer than a session of the hub may last: whoever holds a lock for
// longer is dead.
const lockLife = 5 * time.Minute

const (
	lockFolder = "lock"
	lockOwner  = "lock.owner"
)

// lock keeps two processes from writing one batch at a time: the folder of that name
// can be made only once. A put that died with the lock in its hand continues with it,
// because the hub runs no two puts of one bill at a time.
func (p *putting) lock() (unlock func(), err error) {
	err = p.mkdir(p.ledger(lockFolder))
	if missing(err) { // no ledger yet
		if err = p.mkdir(p.set["ledger_folder"]); err == nil {
			err = p.mkdir(p.ledger(lockFolder))
		}
	}
	made := err == nil
	if !made {
		if err := p.mayTakeOver(err); err != nil {
			return nil, err
		}
	}
	if err := p.note(lockOwner, entry{Reference: p.key(), File: lockFolder, At: p.now().UTC()}); err != nil {
		return nil, err
	}
	if !made { // somebody else may have taken it over at the same moment
		if e, _, err := p.entry(p.share, lockOwner); err != nil || e.Reference != p.key() {
			return nil, busy()
		}
	}
	return p.unlock, nil
}

// mayTakeOver says why the lock must not be taken over; nil: it may.
func (p *putting) mayTakeOver(refused error) error {
	at, held, err := p.stat(p.ledger(lockFolder))
	switch {
	case err != nil:
		return err
	case !held && staffing.CodeOf(refused) == staffing.Unavailable:
		return &staffing.Error{Code: staffing.Unavailable, Err: refused, RetryAfter: 5 * time.Second, Message: "the batch could not be locked"} // given free meanwhile, or another trouble
	case !held:
		return refused
	}
	e, _, err := p.entry(p.share, lockOwner)
	switch {
	case err != nil:
		return err
	case e.At.After(at):
		at = e.At // taken over before
	}
	if e.Reference == p.key() || p.now().Sub(at) >= lockLife {
		return nil
	}
	return busy()
}

func busy() error {
	return &staffing.Error{Code: staffing.Unavailable, RetryAfter: 5 * time.Second, Message: "another bill is being written into the batch"}
}

// unlock removes the owner first: a folder without one is nobody's for a while. What is
// left behind is taken over.
func (p *putting) unlock() {
	for _, name := range []string{lockOwner, lockFolder} {
		if err := p.remove(p.ledger(name)); err != nil {
			p.log.Warn("the lock of the batch stays", "file", name, "error", err)
		}
	}
}
