package dev.longshore.server;

import dev.longshore.controllers.RootCertificate;
import dev.longshore.server.pki.KeptAuthority;
import dev.longshore.server.pki.Pem;
import dev.longshore.server.pki.Renewal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The cluster's authority as controllers publish it.
final class PublishedRoot implements RootCertificate, Renewal.Follower {

    private final KeptAuthority authority;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private String told;

    PublishedRoot(KeptAuthority authority) {
        this.authority = authority;
        this.told = pem();
    }

    @Override
    public String pem() {
        return Pem.of(List.of(authority.certificate()));
    }

    @Override
    public void onChange(Runnable changed) {
        listeners.add(changed);
    }

    @Override
    public synchronized void follow() {
        String now = pem();
        if (!now.equals(told)) {
            told = now;
            listeners.forEach(Runnable::run);
        }
    }
}
