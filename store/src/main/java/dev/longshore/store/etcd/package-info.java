/// The store kept by an etcd cluster.
package dev.longshore.store.etcd;
