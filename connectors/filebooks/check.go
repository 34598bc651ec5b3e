package filebooks

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// Check signs in, then does once what every bill needs: it lists, writes, renames and
// removes a hidden file.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	s, err := c.dial(ctx)
	if err != nil {
		return staffing.Report{}, err
	}
	defer s.close()
	report := staffing.Report{Account: c.account}
	const first, second = ".tributary-test.tmp", ".tributary-test-2.tmp"
	steps := []struct {
		name, purpose string
		act           func() error
	}{
		{"list the folder", "to see that it is there", func() error { _, err := s.list("."); return err }},
		{"write a file", "to hand over bills", func() error { return s.write(first, []byte("A test of the connection. It may be removed.\n")) }},
		{"rename a file", "so that no import sees half a bill", func() error { return s.rename(first, second) }},
		{"remove a file", "to give a batch free again", func() error { return s.remove(second) }},
	}
	if dir := c.set["acknowledgement_folder"]; dir != "" {
		steps = append(steps, struct {
			name, purpose string
			act           func() error
		}{"list the acknowledgements", "to read what the import says", func() error { _, err := s.list(dir); return err }})
	}
	for _, step := range steps {
		p := staffing.Permission{Name: step.name, Purpose: step.purpose, Granted: true}
		err := there(step.act())
		switch staffing.CodeOf(err) {
		case "":
		case staffing.Forbidden, staffing.Invalid:
			p.Granted, p.Detail = false, staffing.MessageOf(err)+". Ask the owner of the server or folder for the right."
		default:
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
		if !p.Granted {
			break // the next ones need it
		}
	}
	return report, nil
}
