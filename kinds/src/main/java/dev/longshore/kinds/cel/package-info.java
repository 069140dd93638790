/// The Common Expression Language as Kubernetes has it: types made of schemas, values made of trees, Kubernetes' own
/// functions, and what an expression costs, before and while it is evaluated.
package dev.longshore.kinds.cel;
