// Package staffing is the domain: the words a staffing firm uses, and what the
// hub does with them. It depends on the standard library and a decimal type
// only; everything else in the house points to it.
//
// # Glossary
//
//   - Client: the company that uses the worker and pays the bill.
//   - Requisition: the client's approved request for one or more workers, as it
//     stands in the client's ATS or VMS.
//   - Job (job order): the staffing firm's own copy of a requisition in its
//     internal ATS.
//   - Candidate: a person the firm represents.
//   - Submission: one candidate put forward for one requisition. Its current
//     [Stage] follows the client's clock; its timeline keeps every event.
//   - Placement: the running engagement after a hire, with rates, dates and
//     billing codes.
//   - Billing record: what a placement causes in the ERP: one draft document.
//   - Bill rate: what the client pays per unit. Pay rate: what the worker gets
//     per unit. NTE (not to exceed): the highest bill rate the client allows.
//   - Connection: one configured outside system. Feed: one stream that is read
//     from a connection, with its own cursor and schedule.
//   - Effect: one write to an outside system, with an intent before it and a
//     receipt after it.
//   - Finding: what a rule says about a record. Gap: a value in a payload that
//     no mapping knows yet.
package staffing
