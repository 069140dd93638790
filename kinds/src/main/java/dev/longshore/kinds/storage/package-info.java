/// The kinds of `storage.k8s.io`.
package dev.longshore.kinds.storage;
