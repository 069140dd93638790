/// Pods and pod templates: defaults, checks, columns, and what is done to a pod through its subresources.
package dev.longshore.kinds.pods;
