/// Etcd semantics over RocksDB.
package dev.longshore.store;
