package dev.longshore.store;

/// One version of a key.
///
/// @param value the stored bytes, shared: not to be changed
/// @param createRevision the revision at which the key came to be
/// @param modRevision the revision of this version
/// @param version how often it was written since it came to be, from 1
/// @param lease the lease it hangs on, 0 for none
public record KeyValue(Key key, byte[] value, long createRevision, long modRevision, long version, long lease) {}
