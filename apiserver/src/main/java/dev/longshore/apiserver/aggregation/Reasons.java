package dev.longshore.apiserver.aggregation;

import dev.longshore.model.ServiceRouter.Address;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/// Says why somebody could not be reached, in the words that users of Kubernetes know.
final class Reasons {

    private Reasons() {}

    static String of(IOException failure, Address address) {
        String place = address.host() + ":" + address.port();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case SocketTimeoutException _ -> {
                    return "context deadline exceeded";
                }
                case UnknownHostException _ -> {
                    return "dial tcp: lookup " + address.host() + ": no such host";
                }
                case NoRouteToHostException _ -> {
                    return "dial tcp " + place + ": connect: no route to host";
                }
                case ConnectException refused -> {
                    boolean isSlow = String.valueOf(refused.getMessage()).contains("timed out");
                    return "dial tcp " + place + (isSlow ? ": i/o timeout" : ": connect: connection refused");
                }
                case CertPathValidatorException _, java.security.cert.CertPathBuilderException _ -> {
                    return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
                }
                case CertificateException unfit
                when !(unfit.getCause() instanceof Exception) -> {
                    return "tls: failed to verify certificate: x509: " + unfit.getMessage();
                }
                default -> {}
            }
        }
        return failure instanceof SSLException ? "tls: " + failure.getMessage() : String.valueOf(failure.getMessage());
    }
}
