#!/usr/bin/python3
"""NOT PART OF DNSHOOK. The hook for acmetool and Route 53 that people copy from the web, written
anew from its description: what dnshook takes the place of, and what it is measured against. It
overwrites (UPSERT) whatever is at the name, sleeps 30 seconds and hopes, and deletes by name, TTL
and value. Faults and all: do not mend it.

Environment: ACME_HOSTED_ZONE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
"""
import os
import sys
import time

import boto3

TTL = 60
SLEEP = int(os.environ.get("HOOK_SLEEP", "30"))


def change(action, host, value):
    """One change of one record set."""
    client = boto3.client("route53")
    client.change_resource_record_sets(
        HostedZoneId=os.environ["ACME_HOSTED_ZONE"],
        ChangeBatch={
            "Comment": "ACME dns-01 challenge",
            "Changes": [{
                "Action": action,
                "ResourceRecordSet": {
                    "Name": "_acme-challenge.%s" % host,
                    "Type": "TXT",
                    "TTL": TTL,
                    "ResourceRecords": [{"Value": '"%s"' % value}],
                },
            }],
        })


def main():
    """HOOK EVENT HOST TARGETFILE VALUE"""
    if len(sys.argv) < 5:
        return 42
    event, host, value = sys.argv[1], sys.argv[2], sys.argv[4]
    if event == "challenge-dns-start":
        change("UPSERT", host, value)
        time.sleep(SLEEP)
        return 0
    if event == "challenge-dns-stop":
        change("DELETE", host, value)
        return 0
    return 42


if __name__ == "__main__":
    sys.exit(main())
