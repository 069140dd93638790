/// The kinds that say who is who and who may do what: RBAC, reviews, certificates.
package dev.longshore.kinds.access;
