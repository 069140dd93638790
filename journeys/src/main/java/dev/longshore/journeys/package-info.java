/// Tests with whole servers and real clients.
package dev.longshore.journeys;
