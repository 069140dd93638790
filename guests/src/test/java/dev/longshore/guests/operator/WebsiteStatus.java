package dev.longshore.guests.operator;

/// How far it is.
public class WebsiteStatus {
    public Integer availableReplicas;
    public Boolean ready;
}
