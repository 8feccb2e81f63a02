"""The front desk: who is taken in, the diary, the day, enquiries, who leaves."""
