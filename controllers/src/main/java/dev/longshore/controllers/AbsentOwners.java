package dev.longshore.controllers;

import java.util.LinkedHashMap;
import java.util.Map;

/// Owners of which the server said that they are not there: the last few hundred, so that of a thousand dependents of
/// one that is gone not each asks anew. A uid never comes again, so nothing here becomes wrong. Thread-safe.
final class AbsentOwners {

    private static final int MOST = 500;

    private final Map<ObjectIdentity, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectIdentity, Boolean> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(ObjectIdentity owner) {
        known.put(owner, true);
    }

    synchronized boolean has(ObjectIdentity owner) {
        return known.get(owner) != null;
    }
}
