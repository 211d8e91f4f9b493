//! What is read is what is printed, and what is printed stays inside its projects.
