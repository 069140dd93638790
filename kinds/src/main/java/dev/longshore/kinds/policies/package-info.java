/// Policies of admission in CEL: what they refuse and what they change, put into force by bindings, configured by
/// parameters.
package dev.longshore.kinds.policies;
