package fieldglass

// CloseWorker ends the work of a worker who had come: the work order keeps its
// revision, and the job seeker's row changes.
func (s *Server) CloseWorker(id string) error {
	return s.moveOrder(id, "Activated", "Confirmed (Worker Closed)", "Hired")
}

// MarkNoShow is the client's word that the worker never came.
func (s *Server) MarkNoShow(id string) error { return s.moveOrder(id, "Activated", "No Show", "Hired") }

// CloseWorkOrder closes a work order without saying why, as the vendor's page does
// for an end and for a no-show alike.
func (s *Server) CloseWorkOrder(id string) error {
	return s.moveOrder(id, "Activated", "Closed", "Hired")
}
