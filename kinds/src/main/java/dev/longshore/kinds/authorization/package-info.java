/// Who may do what: administrators, nodes, and RBAC.
package dev.longshore.kinds.authorization;
