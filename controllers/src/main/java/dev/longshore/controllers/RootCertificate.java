package dev.longshore.controllers;

/// The certificate of the cluster's authority, for those who shall believe it. Thread-safe.
public interface RootCertificate {

    /// As it is now, in PEM.
    String pem();

    /// Calls `changed` whenever it has been renewed.
    void onChange(Runnable changed);
}
