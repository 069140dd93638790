/// The kinds of `policy`, `autoscaling`, `scheduling.k8s.io` and `node.k8s.io`.
package dev.longshore.kinds.policy;
