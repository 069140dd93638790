package dev.longshore.apiserver;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/// What Go's programs, whose messages people know, say when a connection comes to nothing.
final class NetworkFailure {

    /// A time limit is over.
    static final String LATE = "context deadline exceeded";

    private static final String ALERT = "Received fatal alert: ";
    private static final String UNTRUSTED = "tls: failed to verify certificate: x509: ";

    private NetworkFailure() {}

    static String words(IOException failure) {
        List<Throwable> causes = causes(failure);
        String host = place(failure);
        for (Throwable cause : causes.reversed()) {
            String known =
                    switch (cause) {
                        case SocketTimeoutException _ -> LATE;
                        case ConnectException _ -> "dial tcp" + host + ": connect: connection refused";
                        case NoRouteToHostException _ -> "dial tcp" + host + ": connect: no route to host";
                        case UnknownHostException unknown ->
                            "dial tcp: lookup " + unknown.getMessage() + ": no such host";
                        case CertificateExpiredException _, CertificateNotYetValidException _ ->
                            UNTRUSTED + "certificate has expired or is not yet valid";
                        case CertPathBuilderException _, CertPathValidatorException _ ->
                            UNTRUSTED + "certificate signed by unknown authority";
                        case CertificateException wrong -> UNTRUSTED + wrong.getMessage();
                        case EOFException _ -> "EOF";
                        case SSLException broken -> alert(String.valueOf(broken.getMessage()));
                        default -> "";
                    };
            if (!known.isEmpty()) {
                return known;
            }
        }
        return String.valueOf(failure.getMessage());
    }

    /// What the other side says by TLS is wrong, if it says anything.
    private static String alert(String message) {
        int at = message.indexOf(ALERT);
        return at < 0
                ? ""
                : "remote error: tls: " + message.substring(at + ALERT.length()).replace('_', ' ');
    }

    private static List<Throwable> causes(Throwable failure) {
        var causes = new ArrayList<Throwable>();
        for (Throwable each = failure; each != null && !causes.contains(each); each = each.getCause()) {
            causes.add(each);
        }
        return causes;
    }

    /// ` HOST:PORT`, which whoever connects says first.
    private static String place(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        String[] words = message.startsWith("cannot connect to ") ? message.split(" ", 5) : new String[0];
        return words.length > 3 ? " " + words[3].replaceFirst(":$", "") : "";
    }
}
