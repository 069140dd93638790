/// What nodes and the containers on them use: gathered from kubelets, served as `metrics.k8s.io`.
package dev.longshore.metrics.resource;
